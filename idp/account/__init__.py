"""The account pages: what people see and change about their own account. Forms and redirects, no rules."""

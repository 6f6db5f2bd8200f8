"""The Management API, compatible with Logto's (section 6): what the console does, for machines and scripts of administrators.

One module for each group of endpoints. Each endpoint says what it needs (`access.needs`), calls the services that the console
calls, and answers in the shapes of `shapes`. No rules of its own.
"""

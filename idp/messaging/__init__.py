"""Which connectors are set up, and sending through them.

Owns the stored Connector rows (encrypted), what became of each message, and the development outbox. Does not own how a
provider is spoken to (connectors) or what a message is for (verification).
"""

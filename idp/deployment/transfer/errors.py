class TransferError(Exception):
    """It cannot go on; the message is a sentence for the operator."""

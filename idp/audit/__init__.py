"""What happened: one row per event, written in the transaction of the change it describes.

Owns the Event and who was calling. Does not own what the change means; rooms say that in the event's key and data.
"""

"""What higher rooms may want to hear: they cannot be called from here."""

from django.dispatch import Signal

# A message that had gone on without its sender will not be sent any more. `reference` is what it carried; `category` is a
# connectors.ports.ErrorCategory, or empty when no provider was asked: `retry` means that it may have arrived all the same.
message_lost = Signal()

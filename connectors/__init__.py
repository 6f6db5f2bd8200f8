"""Every outgoing call of the product.

Owns: the kinds of connector, the rules for their configuration, the wording of messages, and the send itself.
Does not own: stored configuration, who may be written to, how often, or what a code is; those are decisions of `idp`.
Imports nothing of ours. `idp` enters through `ports` and `registry` only.

To add a provider: one file with its form, `validate`, a sender class and a `ConnectorKind`; a guide in `guides/`;
a line in `registry.BUILT_IN`, or an entry point of the group `latchkey.connectors` in a package of your own.
"""

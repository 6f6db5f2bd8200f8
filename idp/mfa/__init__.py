"""Second factors: passkeys (WebAuthn), authenticator apps (TOTP), backup codes, codes to the person's own phone or email.

Owns the bound factors, the devices where they are spared, and what a person said about them. Does not own when they are asked
for (signin), nor codes that are sent (verification).
"""

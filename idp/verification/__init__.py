"""Proving an identifier: one-time codes, their tries, cool-downs and send limits.

Owns VerificationCode. Does not own who the recipient is (users) or what the proof is good for (signin).
"""

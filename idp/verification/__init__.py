"""Proving an identifier: one-time codes, their tries, cool-downs and send limits, and the SMS fraud guard.

Owns VerificationCode, and what the guard counts and stops. Does not own who the recipient is (users) or what the proof is
good for (signin).
"""

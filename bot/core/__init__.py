"""Decisions, and nothing else: no I/O, no clock, no logging, only the standard library.

What enters is text and values; what leaves is commands, plans, decisions and answers, all frozen.
"""

"""Knobot: chat-ops for Knative on Slack."""

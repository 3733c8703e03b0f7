"""An embedded Slack workspace and an embedded Knative cluster, in which the unchanged bot can live.

Nothing here knows the bot: it resembles Slack and Kubernetes, and tells no lies that they would not tell.
"""

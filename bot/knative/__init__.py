"""Knative over the Kubernetes API: the only package that knows what an API server is.

`client.KnativeClusters` is the door. Everything that leaves this package is a value of the core or an error of the
core; whatever the Kubernetes client raises stays inside.
"""

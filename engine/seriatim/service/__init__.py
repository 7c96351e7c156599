"""The service: CDS Hooks and REST over one engine."""

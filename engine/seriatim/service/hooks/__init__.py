"""CDS Hooks 2.0.1: discovery, three services and feedback."""

from __future__ import annotations

from seriatim.service.hooks.routes import routes

__all__ = ["routes"]

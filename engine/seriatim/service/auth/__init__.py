"""Who may call: CDS clients by signed tokens, REST clients by OpenID Connect or static tokens."""

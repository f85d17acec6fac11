"""Every refusal of this app: code, HTTP status and sentence, once."""

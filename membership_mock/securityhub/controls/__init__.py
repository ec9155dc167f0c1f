"""Security controls: what they check, where they are enabled, and what their checks found."""

"""Planning: what a service's own clients and therapists could show, and what numbers it would take."""

"""What a worker is kept from, layer by layer, on each system."""

"""From a profile to the rules that hold: normalise, compile, fire, and check by a second engine."""

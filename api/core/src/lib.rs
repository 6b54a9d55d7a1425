//! The rules of the fleet: what to run, in which order, at which price. Pure: no IO, clock or chance.

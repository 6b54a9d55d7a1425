//! The fleet at work: tasks, agents and approvals on recordings and on small processes of the tests' own.

mod agents;
mod approvals;
mod arguments;
mod broken;
mod cleanup;
mod deck;
mod elsewhere;
mod endings;
mod keeper;
mod processes;
mod restore;
mod spending;
mod tape;
mod tasks;
mod unheard;
mod versions;

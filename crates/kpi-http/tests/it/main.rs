//! The whole way of a request: scripted replies and a clock that jumps, and a real server for what only a network does.

#[cfg(test)]
mod auth;
#[cfg(test)]
mod budget;
#[cfg(test)]
mod consent;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod network;
#[cfg(test)]
mod retry;
#[cfg(test)]
mod world;

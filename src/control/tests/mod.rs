mod client;
mod lowering;

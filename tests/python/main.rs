//! CPython as a guest: every interpreter of this machine, each in processes of its own.

mod end;
mod fork;
mod hosted;
mod process;
mod start;
mod threads;

//! The command line: what is installed, what a module has, and calls of it.

mod argument;
mod call;
mod command;
mod describe;
mod doctor;
mod failure;
mod found;
mod inspect;
mod json;
mod list;
mod listing;
mod module_option;
mod number;
mod types;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use command::Command;

fn main() -> ExitCode {
    let command = match Command::try_parse() {
        Ok(command) => command,
        Err(refused) if refused.use_stderr() => return failure::misused(&refused),
        Err(help) => help.exit(),
    };
    command.run(&mut io::stdout().lock()).unwrap_or_else(|failure| failure.report())
}

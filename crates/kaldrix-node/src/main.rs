//! The binary `kaldrix-node`: reads the command line and calls the library.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use kaldrix_node::cli::{self, Arguments};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("cannot start the runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::execute(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Where standard error takes nothing, such as a file on a full disk, the exit code says it alone.
fn say(error: &str) {
    let _ = writeln!(std::io::stderr(), "error: {error}");
}

//! The entry for libFuzzer, which finds its target's name in `KALDRIX_FUZZ_TARGET`. Built without
//! `--cfg fuzzing` it writes a target's seeds to a directory, or lists the targets.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod entry {
    use std::sync::OnceLock;

    use kaldrix_fuzz::{Target, target};

    fn chosen() -> &'static Target {
        static CHOSEN: OnceLock<&Target> = OnceLock::new();
        CHOSEN.get_or_init(|| {
            let name = std::env::var("KALDRIX_FUZZ_TARGET").unwrap_or_default();
            target(&name).unwrap_or_else(|| panic!("KALDRIX_FUZZ_TARGET names no target: {name:?}"))
        })
    }

    libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (chosen().run)(bytes));
}

#[cfg(not(fuzzing))]
fn main() -> anyhow::Result<()> {
    use anyhow::Context;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [name, directory] = arguments.as_slice() {
        let target = kaldrix_fuzz::target(name).with_context(|| format!("no target {name}"))?;
        std::fs::create_dir_all(directory)?;
        for (number, seed) in (target.seeds)().into_iter().enumerate() {
            std::fs::write(format!("{directory}/seed-{number}"), seed)?;
        }
        return Ok(());
    }
    for target in kaldrix_fuzz::TARGETS {
        println!("{}", target.name);
    }
    Ok(())
}

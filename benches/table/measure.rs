//! Runs a program several times and keeps the least of what it took.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// What a run took at least.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// From start to end.
    pub wall: Duration,
    /// Processor time, of the program and of the system for it.
    pub cpu: Duration,
    /// The most memory at once, in bytes.
    pub memory: u64,
}

impl Cost {
    /// Processor time as a multiple of another's.
    pub fn cpu_ratio(self, floor: Self) -> f64 {
        self.cpu.as_secs_f64() / floor.cpu.as_secs_f64()
    }

    /// Time from start to end as a multiple of another's.
    pub fn wall_ratio(self, floor: Self) -> f64 {
        self.wall.as_secs_f64() / floor.wall.as_secs_f64()
    }
}

/// Runs all commands in turn, `times` rounds of it, so that what else the machine does meets each of them alike.
pub fn side_by_side(commands: &[Vec<&OsStr>], times: usize) -> Vec<Cost> {
    let mut least: Vec<Option<Cost>> = vec![None; commands.len()];
    for _ in 0..times {
        for (command, least) in commands.iter().zip(&mut least) {
            let cost = once(command);
            *least = Some(least.map_or(cost, |known| Cost {
                wall: known.wall.min(cost.wall),
                cpu: known.cpu.min(cost.cpu),
                memory: known.memory.min(cost.memory),
            }));
        }
    }
    least.into_iter().flatten().collect()
}

fn once(command: &[&OsStr]) -> Cost {
    let (program, arguments) = command.split_first().expect("a program");
    let started = Instant::now();
    let mut quiet = Command::new(program);
    quiet.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let used = quiet.spawn().expect("a program that starts").wait4().expect("its end");
    Cost { wall: started.elapsed(), cpu: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss }
}

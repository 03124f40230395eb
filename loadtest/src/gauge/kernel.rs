//! What the kernel knows of a process.

use std::time::Duration;

use anyhow::{Context, ensure};

/// The kernel counts CPU in hundredths of a second on every Linux this runs on (`getconf CLK_TCK`).
const TICK: Duration = Duration::from_millis(10);

/// CPU time a process has used, in user mode and in the kernel, all its threads.
pub(crate) fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("process {pid} is gone"))?;
    // The name in parentheses may hold spaces; utime and stime are the 12th and 13th fields behind it (proc(5)).
    let fields = stat.rsplit(')').next().context("no fields in stat")?.split_whitespace().collect::<Vec<_>>();
    ensure!(fields.len() > 12, "{} fields in stat", fields.len());
    Ok(TICK * (fields[11].parse::<u32>()? + fields[12].parse::<u32>()?))
}

/// Resident memory of a process in bytes.
pub(crate) fn resident(pid: u32) -> anyhow::Result<u64> {
    Ok(status(pid, "VmRSS:")? * 1024)
}

/// Open descriptors of a process.
pub(crate) fn descriptors(pid: u32) -> anyhow::Result<usize> {
    let folder =
        std::fs::read_dir(format!("/proc/{pid}/fd")).with_context(|| format!("process {pid} is gone"))?;
    Ok(folder.count())
}

/// Threads of a process.
pub(crate) fn threads(pid: u32) -> anyhow::Result<usize> {
    Ok(usize::try_from(status(pid, "Threads:")?)?)
}

/// A number of proc(5)'s `status`.
fn status(pid: u32, name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
        .with_context(|| format!("process {pid} is gone"))?;
    let line = status.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(value.with_context(|| format!("no {name} in status"))?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_cpu() {
        let me = std::process::id();
        assert!(resident(me).unwrap() > 1 << 20);
        assert!(cpu(me).is_ok());
        assert!(cpu(u32::MAX).unwrap_err().to_string().contains("is gone"));
    }
}

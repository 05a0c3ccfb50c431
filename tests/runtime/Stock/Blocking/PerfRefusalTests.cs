using SchedulerActivations.Machines.Stock;

namespace SchedulerActivations.Tests.Stock.Blocking;

[Collection(RecordsCollection.Name)]
public sealed class PerfRefusalTests
{
    [Theory]
    [InlineData(PerfRefusal.Eacces, "3", "kernel.perf_event_paranoid is 3", "sysctl kernel.perf_event_paranoid=2")]
    [InlineData(PerfRefusal.Eperm, "4", "kernel.perf_event_paranoid is 4", "CAP_PERFMON")]
    [InlineData(PerfRefusal.Eacces, "2", "security module", "perf_event")]
    [InlineData(PerfRefusal.Eperm, "2", "seccomp", "--cap-add PERFMON")]
    [InlineData(PerfRefusal.Eperm, null, "seccomp", "--security-opt")]
    [InlineData(PerfRefusal.Enosys, null, "no perf_event_open", "use another kernel")]
    [InlineData(PerfRefusal.Einval, "2", "does not know context-switch records", "Linux 4.3")]
    [InlineData(PerfRefusal.Emfile, "2", "no file descriptor", "ulimit -n")]
    public void ARefusedOpenSaysWhyAndWhatToDo(int errno, string? paranoid, string why, string whatToDo)
    {
        var reason = PerfRefusal.OfOpen(errno, paranoid);
        Assert.Contains(why, reason, StringComparison.Ordinal);
        Assert.Contains(whatToDo, reason, StringComparison.Ordinal);
        Assert.EndsWith("Blocking is seen in declared regions only.", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ARefusedMappingNamesTheLimitOnLockedMemory() =>
        Assert.Contains("ulimit -l", PerfRefusal.OfMap(PerfRefusal.Eperm), StringComparison.Ordinal);

    [SkippableFact]
    public void AnEventThatTheKernelDoesNotKnowIsRefusedWithItsErrorInWords()
    {
        Recorders.SkipWhereRefused();
        var unknown = PerfEventAttributes.ContextSwitches with { Type = 0x7FFF_FFFF };
        Assert.Null(SwitchRecorder.TryOpen(PerfEventCalls.CurrentThread, unknown, out var reason));
        Assert.StartsWith("perf_event_open was refused (errno ", reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void AnEventThatRecordsNoSwitchesIsRefused()
    {
        Recorders.SkipWhereRefused();
        var silent = PerfEventAttributes.ContextSwitches;
        silent.Flags &= ~PerfEventFlags.ContextSwitch;
        Assert.Null(SwitchRecorder.TryOpen(PerfEventCalls.CurrentThread, silent, out var reason));
        Assert.Equal(PerfRefusal.NoRecords, reason);
    }

    [Fact]
    public void AThreadCannotOpenTheRecorderOfAnother()
    {
        Assert.Null(SwitchRecorder.TryOpen(PerfEventCalls.CurrentThread + 1, out var reason));
        Assert.Contains("must open its own", reason, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Workers;

namespace SchedulerActivations.Tests.Worker;

[Collection("worker")]
public sealed class AWorkerThatDies : WorkerTest, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("a test").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("exit", 3, null, "Environment.Exit")]
    [InlineData("fail fast", 134, "SIGABRT", "no more")]
    [InlineData("recurse", 134, "SIGABRT", "calls itself without end")]
    [InlineData("uncaught", 134, "SIGABRT", "on a thread of my own")]
    public async Task Its_end_is_explained(string what, int code, string? signal, string expected)
    {
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(Misbehave(what)));
        Assert.Equal((code, signal), (error.ExitCode, error.Signal));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_run_it_is_explained()
    {
        Seen.Then = _ => Kill(ProcessId);
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(Endless()));
        Assert.Equal("SIGKILL", error.Signal);
        Assert.Contains("memory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_at_any_moment_it_leaves_an_explanation_or_a_result_and_nothing_else()
    {
        // The moments are spread over a whole run: its start, the run, the transfer of a result of some megabytes.
        var experiment = Of(new ComputeAndIo { WorkBetweenSafepoints = TimeSpan.FromMicroseconds(50) }) with { Duration = TimeSpan.FromSeconds(10) };
        var watch = Stopwatch.StartNew();
        await RunAsync(experiment);
        var whole = watch.Elapsed;
        const int moments = 10;
        for (var moment = 0; moment <= moments; moment++)
        {
            Timer? timer = null;
            try
            {
                await RunAsync(experiment, started: id => timer = new Timer(_ => Kill(id), null, whole * moment / moments, Timeout.InfiniteTimeSpan));
            }
            catch (WorkerException error)
            {
                Assert.True(error.Signal == "SIGKILL", $"after {moment}/{moments}: {error}");
            }
            finally
            {
                if (timer is not null) await timer.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Killed_within_the_transfer_of_its_result_it_is_explained()
    {
        var location = Fake("""
            answer '{"protocol":1,"version":"fake","processId":1}'
            hear
            printf 'Content-Length: 1000000\r\n\r\n{"jsonrpc":"2.0","id":%s,"result":{"result":{"experiment":' "$id"
            kill -9 $$
            """);
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(Endless(), location));
        Assert.Equal("SIGKILL", error.Signal);
    }

    [Fact]
    public async Task One_that_answers_something_else_is_ended_and_explained()
    {
        var location = Fake("""
            echo 'Welcome to some other program' >&2
            echo 'Hello!'
            exec sleep 1000
            """);
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(Endless(), location));
        Assert.True(error.Message.Contains("could not be understood", StringComparison.Ordinal), error.ToString());
        Assert.Contains("some other program", error.LastWords, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_says_nothing_is_ended_and_explained()
    {
        var error = await Assert.ThrowsAsync<WorkerException>(() =>
            RunAsync(Endless(), Fake("exec sleep 1000"), Patient with { Silence = TimeSpan.FromSeconds(0.5) }));
        Assert.Contains("has said nothing for 0.5 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_stopped_is_ended_and_explained()
    {
        Seen.Then = _ => Signal("STOP", ProcessId);
        var error = await Assert.ThrowsAsync<WorkerException>(() =>
            RunAsync(Endless(), bounds: Patient with { Silence = TimeSpan.FromSeconds(3) }));
        Assert.Contains("has said nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_whose_report_waits_for_its_reader_does_not_hang()
    {
        // A debugger, or a run inside this one: the next report comes when this one has been taken.
        Seen.Then = _ =>
        {
            Seen.Then = null;
            Thread.Sleep(TimeSpan.FromSeconds(10));
        };
        var result = await RunAsync(Misbehave("error stream"), bounds: Patient with { Silence = TimeSpan.FromSeconds(8) });
        Assert.Equal(UserThreadState.Finished, Assert.Single(result.Threads).State);
    }

    [Fact]
    public async Task A_run_without_an_end_is_ended_and_explained()
    {
        var error = await Assert.ThrowsAsync<WorkerException>(() =>
            RunAsync(Misbehave("loop"), bounds: Patient with { Overrun = TimeSpan.FromSeconds(0.5) }));
        Assert.Contains("had not ended 0.5 s after that", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_of_another_version_is_refused()
    {
        var location = WorkerLocation.Find() with { Version = "99.0" };
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(Endless(), location));
        Assert.Contains("this library of version 99.0", error.Message, StringComparison.Ordinal);
        Assert.Contains("together", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_worker_is_named() =>
        Assert.Contains(_folder, Assert.Throws<WorkerException>(() => WorkerLocation.FindIn([_folder])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_program_that_cannot_be_started_is_named()
    {
        var error = await Assert.ThrowsAsync<WorkerException>(() => RunAsync(Endless(), new WorkerLocation("/no/such/program", [], _folder)));
        Assert.Contains("/no/such/program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_run_at_once()
    {
        using var cancellation = new CancellationTokenSource();
        Seen.Then = _ => cancellation.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(Endless(), cancellation: cancellation.Token));
    }

    [Fact]
    public async Task Cancelling_ends_a_run_that_does_not_listen()
    {
        using var cancellation = new CancellationTokenSource();
        Seen.Then = _ => cancellation.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            RunAsync(Misbehave("loop"), bounds: Patient with { Stop = TimeSpan.FromSeconds(0.5) }, cancellation: cancellation.Token));
    }

    [Fact]
    public async Task Cancelling_while_it_starts_ends_it()
    {
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            RunAsync(Endless(), cancellation: cancellation.Token, started: _ => cancellation.Cancel()));
    }

    [Fact]
    public async Task It_ends_by_itself_when_its_notebook_is_gone()
    {
        var location = WorkerLocation.Find();
        var start = new ProcessStartInfo(location.FileName, location.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var worker = Process.Start(start)!;
        using var rpc = WorkerContract.Open(worker.StandardInput.BaseStream, worker.StandardOutput.BaseStream);
        var working = new TaskCompletionSource();
        rpc.AddLocalRpcMethod(WorkerContract.Progress, (RunProgress report) => { working.TrySetResult(); });
        rpc.StartListening();
        _ = rpc.InvokeAsync<Outcome<ExperimentResult>>(WorkerContract.Run, new RunRequest(Misbehave("loop"), [new Dependency("SchedulerActivations.Tests", typeof(Misbehaving).Assembly.Location, null)]));
        await working.Task;
        rpc.Dispose();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await worker.WaitForExitAsync(patience.Token);
        Assert.Equal(0, worker.ExitCode);
    }

    // A worker in twenty lines of shell: says exactly what a test wants to hear.
    private WorkerLocation Fake(string script)
    {
        var path = Path.Combine(_folder, "fake.sh");
        File.WriteAllText(path, """
            hear() {
                read -r header || exit 0
                length=$(printf %s "$header" | tr -cd 0-9)
                read -r empty
                message=$(head -c "$length")
                id=$(printf %s "$message" | sed 's/.*"id":\([0-9]*\).*/\1/')
            }
            answer() {
                hear
                text="{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":$1}"
                printf 'Content-Length: %s\r\n\r\n%s' "${#text}" "$text"
            }
            """ + "\n" + script + "\n");
        return new WorkerLocation("/bin/sh", [path], _folder) { Version = "fake" };
    }

    private static void Kill(int process) => Signal("KILL", process);

    private static void Signal(string signal, int process)
    {
        using var kill = Process.Start(new ProcessStartInfo("/bin/kill", [$"-{signal}", $"{process}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }
}

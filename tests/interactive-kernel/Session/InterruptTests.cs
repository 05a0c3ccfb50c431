namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class InterruptTests : IDisposable
{
    private readonly Notebook _notebook = new();

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("System.Threading.Thread.Sleep(System.Threading.Timeout.Infinite);")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("Task.Delay(-1).Wait();")]
    [InlineData("while (true) Console.WriteLine(\"busy\");")]
    [InlineData("while (true) { try { System.Threading.Thread.Sleep(-1); } catch (Exception) { } }")]
    [InlineData("while (true) { try { while (true) { } } catch { } }")]
    [InlineData("while (true) await Task.Yield();")]
    [InlineData("lock (new object()) { System.Threading.Monitor.Enter(typeof(string)); while (true) { } }")]
    public async Task A_cell_is_stopped_whatever_it_does(string runaway)
    {
        await InterruptAsync("var before = 1; Console.WriteLine(\"runs\");\n" + runaway);
        Assert.Equal("1", await _notebook.ResultAsync("before"));
    }

    [Fact]
    public async Task A_thread_stuck_in_a_system_call_is_left_behind()
    {
        await InterruptAsync("""
            Console.WriteLine("runs");
            Mono.Unix.Native.Syscall.pipe(out var read, out var write);
            var buffer = System.Runtime.InteropServices.Marshal.AllocHGlobal(1);
            Mono.Unix.Native.Syscall.read(read, buffer, 1);
            """);
        Assert.Equal("2", await _notebook.ResultAsync("1 + 1"));
    }

    [Fact]
    public async Task An_interrupt_while_nothing_runs_does_nothing()
    {
        _notebook.Session.Interrupt();
        Assert.Equal("2", await _notebook.ResultAsync("1 + 1"));
        _notebook.Session.Interrupt();
        Assert.Equal("2", await _notebook.ResultAsync("1 + 1"));
    }

    public void Dispose() => _notebook.Dispose();

    private async Task InterruptAsync(string source)
    {
        var output = new RecordedOutput();
        var runs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        output.Written += _ => runs.TrySetResult();
        var running = _notebook.RunAsync(source, output);
        await runs.Task.WaitAsync(TimeSpan.FromSeconds(20));
        _notebook.Session.Interrupt();
        var outcome = Assert.IsType<JupyterKernel.Session.CellOutcome.Failed>(await running);
        Assert.Equal("Interrupted", outcome.Error.Name);
        Assert.StartsWith("Cell [1] was interrupted.", outcome.Error.Message, StringComparison.Ordinal);
    }
}

namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class InterruptTests : IDisposable
{
    private readonly Notebook _notebook = new();

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("System.Threading.Thread.Sleep(System.Threading.Timeout.Infinite);")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("Task.Delay(-1).Wait();")]
    [InlineData("async Task Never() { await Task.Yield(); await Task.Delay(-1); }\nNever().Wait();")]
    [InlineData("async Task Never() { await Task.Yield(); while (true) ; }\nNever().Wait();")]
    [InlineData("await Task.Yield(); System.Threading.Thread.Sleep(-1);")]
    [InlineData("while (true) Console.WriteLine(\"busy\");")]
    [InlineData("while (true) { try { System.Threading.Thread.Sleep(-1); } catch (Exception) { } }")]
    [InlineData("while (true) { try { while (true) { } } catch { } }")]
    [InlineData("while (true) await Task.Yield();")]
    [InlineData("for (;;);")]
    [InlineData("do ; while (true);")]
    [InlineData("IEnumerable<int> Endless() { while (true) yield return 1; }\nforeach (var one in Endless()) { }")]
    [InlineData("Task.WaitAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => { while (true) ; })).ToArray());")]
    [InlineData("class Spinner { public static void Spin() { while (true) { } } }\nSpinner.Spin();")]
    [InlineData("lock (new object()) { System.Threading.Monitor.Enter(typeof(string)); while (true) { } }")]
    public async Task A_cell_is_stopped_whatever_it_does(string runaway)
    {
        await InterruptAsync("var before = 1; Console.WriteLine(\"runs\");\n" + runaway);
        Assert.Equal("1", await _notebook.ResultAsync("before"));
    }

    [Fact]
    public async Task A_thread_stuck_in_a_system_call_is_left_behind()
    {
        var error = await InterruptAsync("""
            Console.WriteLine("runs");
            Mono.Unix.Native.Syscall.pipe(out var read, out var write);
            var buffer = System.Runtime.InteropServices.Marshal.AllocHGlobal(1);
            Mono.Unix.Native.Syscall.read(read, buffer, 1);
            """);
        Assert.Contains("Restart the kernel to be rid of it", error.Message, StringComparison.Ordinal);
        Assert.Equal("2", await _notebook.ResultAsync("1 + 1"));
    }

    [Fact]
    public async Task A_loop_that_an_earlier_cell_defined_stops_for_the_cell_that_called_it_and_runs_again_later()
    {
        await _notebook.ResultAsync("int Count(int limit) { var n = 0; while (n < limit) { Console.Write(\"\"); n++; } return n; } void Spin() { while (true) ; }");
        await InterruptAsync("Console.WriteLine(\"runs\"); Spin();");
        Assert.Equal("1000", await _notebook.ResultAsync("Count(1000)"));
    }

    [Fact]
    public async Task The_threads_of_an_interrupted_cell_stop_too()
    {
        await InterruptAsync("var turns = 0L; var thread = new System.Threading.Thread(() => { while (true) turns++; }); thread.Start(); Console.WriteLine(\"runs\"); thread.Join();");
        Assert.Equal("stopped", await _notebook.ResultAsync("thread.Join(5000) ? \"stopped\" : \"still running\""));
    }

    [Theory]
    [InlineData("var gate = new TaskCompletionSource(); Console.WriteLine(\"runs\"); await gate.Task; Console.WriteLine(\"went on\");")]
    [InlineData("var gate = new TaskCompletionSource(); async Task Wait() { await gate.Task; Console.WriteLine(\"went on\"); } _ = Wait(); Console.WriteLine(\"runs\"); Thread.Sleep(-1);")]
    [InlineData("var gate = new TaskCompletionSource(); async Task Wait() { await Task.Yield(); Console.WriteLine(\"runs\"); await gate.Task; Console.WriteLine(\"went on\"); } Wait().Wait();")]
    public async Task An_interrupted_cell_does_not_go_on_behind_its_await(string source)
    {
        await InterruptAsync(source);
        var output = _notebook.Output;
        await _notebook.ResultAsync("gate.SetResult(); await Task.Delay(100);");
        Assert.Equal("runs\n", output.StandardOutput);
    }

    [Fact]
    public async Task An_interrupted_run_says_that_it_was_stopped()
    {
        var output = new RecordedOutput();
        var (runs, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        output.Written += text =>
        {
            runs.TrySetResult();
            if (text.Contains("stopped", StringComparison.Ordinal))
                stopped.TrySetResult();
        };
        var running = _notebook.RunAsync("await Lab.RunAsync(new RoundRobin(), new ComputeAndIo(), Machines.Stock, duration: TimeSpan.FromMinutes(1));", output);
        await runs.Task.WaitAsync(TimeSpan.FromSeconds(20));
        _notebook.Session.Interrupt();
        Assert.IsType<JupyterKernel.Session.CellOutcome.Failed>(await running);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_hundred_interrupts_at_any_moment_leave_the_session_as_it_was()
    {
        await _notebook.ResultAsync("var before = 1; var list = new List<string>();");
        var random = new Random(7);
        for (var i = 0; i < 100; i++)
        {
            var running = _notebook.RunAsync("while (true) { list.Add(new string('x', 10)); Console.WriteLine(list.Count); if (list.Count > 100) list.Clear(); }");
            await Task.Delay(random.Next(20));
            // Before it was compiled, while it is, or when it runs: an interrupt that comes before the cell has begun is for no cell.
            while (await Task.WhenAny(running, Task.Delay(50)) != running)
                _notebook.Session.Interrupt();
            Assert.IsType<JupyterKernel.Session.CellOutcome.Failed>(await running);
        }

        Assert.Equal("1", await _notebook.ResultAsync("before"));
    }

    [Theory]
    [InlineData("int Down(int n) => Down(n + 1) + 1;\nDown(0)")]
    [InlineData("class Endless { public int Down => Down + 1; }\nnew Endless().Down")]
    [InlineData("Func<int, int> down = null;\ndown = n => { return down(n + 1) + 1; };\ndown(0)")]
    public async Task Endless_recursion_is_an_error_and_not_the_end_of_the_process(string recursion)
    {
        var error = await _notebook.ErrorAsync(recursion);
        Assert.Equal("InsufficientExecutionStackException", error.Name);
        Assert.InRange(error.Traceback.Count, 10, 30);
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

    private async Task<JupyterKernel.Session.CellError> InterruptAsync(string source)
    {
        var output = new RecordedOutput();
        var runs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        output.Written += _ => runs.TrySetResult();
        var running = _notebook.RunAsync(source, output);
        await runs.Task.WaitAsync(TimeSpan.FromSeconds(20));
        _notebook.Session.Interrupt();
        var outcome = Assert.IsType<JupyterKernel.Session.CellOutcome.Failed>(await running);
        Assert.Equal("Interrupted", outcome.Error.Name);
        Assert.Matches(@"^Cell \[\d\] was interrupted", outcome.Error.Message);
        return outcome.Error;
    }
}

using SchedulerActivations.JupyterKernel.Session;

namespace SchedulerActivations.InteractiveKernel.Tests.Session;

public sealed class OutputTests : IDisposable
{
    private readonly Notebook _notebook = new();

    [Fact]
    public async Task Both_streams_and_displays_arrive_in_the_order_in_which_they_were_written()
    {
        await _notebook.ResultAsync("Console.WriteLine(\"a\"); display(1); Console.Error.WriteLine(\"b\"); Console.Write(\"c\");");
        Assert.Equal([("stdout", "a\n"), ("display", "1"), ("stderr", "b\n"), ("stdout", "c")], _notebook.Output.All);
    }

    [Fact]
    public async Task A_character_that_is_written_in_halves_arrives_whole()
    {
        await _notebook.ResultAsync("foreach (var half in \"a\ud83d\ude00b\") Console.Write(half); Console.Error.Write('\\ud83d'); Console.Write('\\ud83d'); Console.Error.Write('\\ude00'); display(1);");
        Assert.Equal([("stdout", "a"), ("stdout", "\ud83d\ude00"), ("stdout", "b"), ("stderr", "\ud83d\ude00"), ("display", "1"), ("stdout", "\ud83d")], _notebook.Output.All);
    }

    [Fact]
    public async Task Output_arrives_while_the_cell_runs()
    {
        var output = new RecordedOutput();
        var seen = new TaskCompletionSource();
        output.Written += _ => seen.TrySetResult();
        var running = _notebook.RunAsync("Console.WriteLine(\"first\"); await Task.Delay(-1);", output);
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(running.IsCompleted);
        _notebook.Session.Interrupt();
        await running;
    }

    [Fact]
    public async Task Output_of_other_threads_belongs_to_the_cell_that_started_them()
    {
        await _notebook.ResultAsync("""
            var go = new System.Threading.ManualResetEventSlim();
            var thread = new System.Threading.Thread(() => { go.Wait(); Console.WriteLine("from the thread"); });
            thread.Start();
            """);
        var first = _notebook.Output;
        await _notebook.ResultAsync("go.Set(); thread.Join();");
        Assert.Equal("from the thread\n", first.StandardOutput);
        Assert.Empty(_notebook.Output.All);
    }

    [Fact]
    public async Task A_display_can_be_updated_from_a_later_cell()
    {
        await _notebook.ResultAsync("var shown = display(\"before\");");
        await _notebook.ResultAsync("shown.Update(\"after\");");
        Assert.Equal([("update", "after")], _notebook.Output.All);
    }

    [Fact]
    public async Task A_cell_can_clear_its_outputs()
    {
        await _notebook.ResultAsync("clear_output(wait: true);");
        Assert.Equal([("clear", "when the next output arrives")], _notebook.Output.All);
    }

    [Fact]
    public async Task The_chart_library_comes_once_with_the_first_chart()
    {
        const string chart = "new SchedulerActivations.Notebook.MimeBundle(new Dictionary<string, string> { [\"text/html\"] = \"window.schedulerCharts\", [\"text/plain\"] = \"chart\" })";
        var html = new List<string>();
        foreach (var source in (string[])["1", chart, chart])
        {
            var outcome = Assert.IsType<CellOutcome.Succeeded>(await _notebook.RunAsync(source));
            html.Add(outcome.Result!.Data.GetValueOrDefault("text/html", ""));
        }

        Assert.Equal(["", SchedulerActivations.Notebook.NotebookLibrary.PageHead + "window.schedulerCharts", "window.schedulerCharts"], html);
    }

    [Fact]
    public async Task Html_is_shown_as_what_it_is_and_text_is_not()
    {
        var outcome = Assert.IsType<CellOutcome.Succeeded>(await _notebook.RunAsync("HTML(\"<b>due</b>\")"));
        Assert.Equal("<b>due</b>", outcome.Result!.Data["text/html"]);
        outcome = Assert.IsType<CellOutcome.Succeeded>(await _notebook.RunAsync("\"<b>due</b>\""));
        Assert.DoesNotContain("text/html", outcome.Result!.Data.Keys);
    }

    [Fact]
    public async Task A_value_can_be_displayed_from_behind_it()
    {
        await _notebook.ResultAsync("7.Display(); var shown = \"before\".Display(); shown.Update(\"after\");");
        Assert.Equal([("display", "7"), ("display", "before"), ("update", "after")], _notebook.Output.All);
    }

    [Fact]
    public async Task A_thread_that_throws_costs_a_message_and_not_the_session()
    {
        var output = new RecordedOutput();
        var failed = new TaskCompletionSource();
        output.Written += text => { if (text.Contains("lost", StringComparison.Ordinal)) failed.TrySetResult(); };
        await _notebook.RunAsync("new System.Threading.Thread(() => throw new Exception(\"lost\")).Start();", output);
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Contains("A thread that a cell started failed: System.Exception: lost", output.StandardError, StringComparison.Ordinal);
        Assert.Equal("1", await _notebook.ResultAsync("1"));
    }

    [Fact]
    public async Task Reading_a_line_asks_the_person_at_the_notebook()
    {
        using var notebook = new Notebook { Input = new Answers("Ada", "7") };
        Assert.Equal("Ada is 7", await notebook.ResultAsync("Console.ReadLine() + \" is \" + Console.ReadLine()"));
    }

    [Fact]
    public async Task Reading_a_line_where_nobody_is_fails_and_says_why()
    {
        var error = await _notebook.ErrorAsync("Console.ReadLine()");
        Assert.StartsWith("This cell cannot read input", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _notebook.Dispose();

    private sealed class Answers(params string[] lines) : ICellInput
    {
        private int _next;

        public string? ReadLine() => lines.ElementAtOrDefault(_next++);
    }
}

using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.InteractiveKernel.Tests.Protocol;

public sealed class ExecuteTests : IDisposable
{
    private readonly FrontEnd _frontEnd = new();

    [Fact]
    public async Task A_cell_with_everything_is_told_as_approved() =>
        Approval.Verify("execute.json", FrontEnd.Readable(await _frontEnd.AskAsync("execute_request", FrontEnd.Execute(
            "Console.WriteLine(\"out\"); Console.Error.WriteLine(\"err\"); clear_output(true); 6 * 7"))));

    [Fact]
    public async Task A_failing_cell_is_told_as_approved() =>
        Approval.Verify("execute-error.json", FrontEnd.Readable(await _frontEnd.AskAsync("execute_request", FrontEnd.Execute("var zero = 0;\n1 / zero"))));

    [Fact]
    public async Task A_display_and_its_update_carry_the_same_identifier()
    {
        var messages = await _frontEnd.AskAsync("execute_request", FrontEnd.Execute("var shown = display(\"a\"); shown.Update(\"b\");"));
        var display = messages.Single(said => said.Type == "display_data").Content;
        var update = messages.Single(said => said.Type == "update_display_data").Content;
        Assert.Equal((string?)display["transient"]!["display_id"], (string?)update["transient"]!["display_id"]);
        Assert.Equal("b", (string?)update["data"]!["text/plain"]);
    }

    [Fact]
    public async Task Cells_are_numbered_and_silent_ones_are_not()
    {
        Assert.Equal(1, (int?)(await _frontEnd.ReplyAsync("execute_request", FrontEnd.Execute("1")))["execution_count"]);
        Assert.Equal(1, (int?)(await _frontEnd.ReplyAsync("execute_request", new() { ["code"] = "1", ["silent"] = true }))["execution_count"]);
        Assert.Equal(1, (int?)(await _frontEnd.ReplyAsync("execute_request", new() { ["code"] = "1", ["store_history"] = false }))["execution_count"]);
        Assert.Equal(2, (int?)(await _frontEnd.ReplyAsync("execute_request", FrontEnd.Execute("1")))["execution_count"]);
    }

    [Fact]
    public async Task A_cell_that_is_not_numbered_does_not_take_the_place_of_one_that_is()
    {
        await _frontEnd.AskAsync("execute_request", FrontEnd.Execute("int Divide(int n)\n{\n    return 1 / n;\n}"));
        await _frontEnd.AskAsync("execute_request", new() { ["code"] = "int Other(int n)\n{\n    return 2 / n;\n}", ["store_history"] = false });
        Assert.Equal("   at Cell [1], line 3, in Divide:  return 1 / n;", (string?)(await _frontEnd.ReplyAsync("execute_request", FrontEnd.Execute("Divide(0)")))["traceback"]![1]);
        Assert.Equal("   at Unnumbered cell 1, line 3, in Other:  return 2 / n;", (string?)(await _frontEnd.ReplyAsync("execute_request", FrontEnd.Execute("Other(0)")))["traceback"]![1]);
    }

    [Fact]
    public async Task A_silent_cell_shows_neither_itself_nor_its_result()
    {
        var messages = await _frontEnd.AskAsync("execute_request", new() { ["code"] = "1 + 1", ["silent"] = true });
        Assert.Equal(["status", "execute_reply", "status"], messages.Select(said => said.Type));
    }

    [Fact]
    public async Task User_expressions_are_evaluated_after_the_cell_each_with_its_own_error()
    {
        var reply = await _frontEnd.ReplyAsync("execute_request", new()
        {
            ["code"] = "var x = 4;",
            ["user_expressions"] = new JsonObject { ["good"] = "x * x", ["bad"] = "y" },
        });
        Assert.Equal("16", (string?)reply["user_expressions"]!["good"]!["data"]!["text/plain"]);
        Assert.Equal("error", (string?)reply["user_expressions"]!["bad"]!["status"]);
    }

    [Fact]
    public async Task After_an_error_the_cells_that_wait_are_aborted_and_later_ones_run()
    {
        var failing = _frontEnd.Send("execute_request", FrontEnd.Execute("Console.ReadLine(); throw new Exception(\"stop\");"));
        await failing.SaysAsync("input_request");
        var waiting = _frontEnd.Send("execute_request", FrontEnd.Execute("Console.WriteLine(\"must not run\");"));
        var information = _frontEnd.Send("kernel_info_request");
        Answer("go");
        await Task.WhenAll(failing.Idle, waiting.Idle, information.Idle);

        Assert.Equal(["status", "execute_reply", "status"], waiting.Messages.Select(said => said.Type));
        Assert.Equal("aborted", (string?)waiting.Messages[1].Content["status"]);
        Assert.Equal("ok", (string?)information.Messages[1].Content["status"]);
        Assert.Equal("ok", (string?)(await _frontEnd.ReplyAsync("execute_request", FrontEnd.Execute("1")))["status"]);
    }

    [Fact]
    public async Task Without_stop_on_error_the_cells_that_wait_run()
    {
        var failing = _frontEnd.Send("execute_request", new() { ["code"] = "Console.ReadLine(); throw new Exception(\"go on\");", ["stop_on_error"] = false });
        await failing.SaysAsync("input_request");
        var waiting = _frontEnd.Send("execute_request", FrontEnd.Execute("1"));
        Answer("go");
        await waiting.Idle;
        Assert.Contains(waiting.Messages, said => said.Type == "execute_result");
    }

    [Fact]
    public async Task A_line_read_is_asked_for_on_stdin_and_the_answer_arrives()
    {
        var cell = _frontEnd.Send("execute_request", FrontEnd.Execute("\"Hello \" + Console.ReadLine()"));
        Assert.Equal("", (string?)(await cell.SaysAsync("input_request"))["prompt"]);
        Answer("Ada");
        Assert.Equal("Hello Ada", (string?)(await cell.SaysAsync("execute_result"))["data"]!["text/plain"]);
    }

    [Fact]
    public async Task A_line_read_without_allow_stdin_fails()
    {
        var reply = await _frontEnd.ReplyAsync("execute_request", new() { ["code"] = "Console.ReadLine()", ["allow_stdin"] = false });
        Assert.Equal("InvalidOperationException", (string?)reply["ename"]);
    }

    [Fact]
    public async Task An_interrupt_on_control_ends_the_running_cell_while_shell_is_busy()
    {
        var cell = _frontEnd.Send("execute_request", FrontEnd.Execute("Console.WriteLine(\"runs\"); while (true) { }"));
        await cell.SaysAsync("stream");
        Assert.Equal("ok", (string?)(await _frontEnd.ReplyAsync("interrupt_request", channel: MessageChannel.Control))["status"]);
        Assert.Equal("Interrupted", (string?)(await cell.SaysAsync("error"))["ename"]);
        await cell.Idle;
    }

    [Fact]
    public async Task An_interrupt_ends_a_cell_that_waits_for_a_line_and_the_next_one_can_ask_again()
    {
        var cell = _frontEnd.Send("execute_request", FrontEnd.Execute("Console.ReadLine()"));
        await cell.SaysAsync("input_request");
        await _frontEnd.AskAsync("interrupt_request", channel: MessageChannel.Control);
        await cell.Idle;
        var next = _frontEnd.Send("execute_request", FrontEnd.Execute("Console.ReadLine()"));
        await next.SaysAsync("input_request");
        Answer("again");
        Assert.Equal("again", (string?)(await next.SaysAsync("execute_result"))["data"]!["text/plain"]);
    }

    public void Dispose() => _frontEnd.Dispose();

    private void Answer(string line) => _frontEnd.Send("input_reply", new() { ["value"] = line }, MessageChannel.Stdin);
}

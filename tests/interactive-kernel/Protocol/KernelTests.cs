using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.InteractiveKernel.Tests.Protocol;

public sealed class KernelTests : IDisposable
{
    private readonly FrontEnd _frontEnd = new();

    [Theory]
    [InlineData("kernel_info_request", "{}")]
    [InlineData("comm_info_request", "{}")]
    [InlineData("comm_open", """{"comm_id":"c","target_name":"t","data":{}}""")]
    [InlineData("history_request", """{"hist_access_type":"tail","n":1}""")]
    public async Task It_answers_as_approved(string type, string content) =>
        Approval.Verify(type + ".json", FrontEnd.Readable(await _frontEnd.AskAsync(type, JsonNode.Parse(content)!.AsObject())));

    [Fact]
    public async Task Content_that_cannot_be_read_is_answered_with_an_error_between_busy_and_idle()
    {
        var messages = await _frontEnd.AskAsync("execute_request", new() { ["cod"] = "1" });
        Assert.Equal(["status", "execute_reply", "status"], messages.Select(said => said.Type));
        Assert.Equal("MalformedRequest", (string?)messages[1].Content["ename"]);
    }

    [Fact]
    public async Task A_request_that_it_does_not_know_is_ignored()
    {
        _frontEnd.Send("no_such_request");
        await _frontEnd.AskAsync("kernel_info_request");
        Assert.DoesNotContain(_frontEnd.Sender.Sent, message => message.Parent?.Type == "no_such_request");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_after_answering_a_shutdown_and_says_whether_it_restarts(bool restart)
    {
        var messages = await _frontEnd.AskAsync("shutdown_request", new() { ["restart"] = restart }, MessageChannel.Control);
        await _frontEnd.Kernel.Ended.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(restart, (bool?)messages.Single(said => said.Channel == MessageChannel.Control).Content["restart"]);
    }

    [Fact]
    public async Task A_shutdown_stops_the_running_cell_and_aborts_those_that_wait()
    {
        var running = _frontEnd.Send("execute_request", FrontEnd.Execute("Console.WriteLine(\"runs\"); while (true) { }"));
        var waiting = _frontEnd.Send("execute_request", FrontEnd.Execute("1"));
        await running.SaysAsync("stream");
        _frontEnd.Send("shutdown_request", new() { ["restart"] = false }, MessageChannel.Control);
        await _frontEnd.Kernel.Ended.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("aborted", (string?)waiting.Messages.Single(said => said.Channel == MessageChannel.Shell).Content["status"]);
    }

    [Fact]
    public async Task History_is_found_by_range_tail_and_pattern()
    {
        foreach (var code in (string[])["1 + 1", "var x = 2;", "1 + 1"])
            await _frontEnd.AskAsync("execute_request", FrontEnd.Execute(code));
        Assert.Equal("[[1,2,\"var x = 2;\"]]", await HistoryAsync(new() { ["hist_access_type"] = "range", ["session"] = 0, ["start"] = 2, ["stop"] = 3 }));
        Assert.Equal("[[1,3,[\"1 + 1\",\"2\"]]]", await HistoryAsync(new() { ["hist_access_type"] = "tail", ["n"] = 1, ["output"] = true }));
        Assert.Equal("[[1,3,\"1 + 1\"]]", await HistoryAsync(new() { ["hist_access_type"] = "search", ["pattern"] = "1*", ["unique"] = true }));
    }

    public void Dispose() => _frontEnd.Dispose();

    private async Task<string> HistoryAsync(JsonObject content) =>
        (await _frontEnd.ReplyAsync("history_request", content))["history"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

using System.Text.Json.Nodes;

namespace SchedulerActivations.InteractiveKernel.Tests.Protocol;

public sealed class LanguageTests : IDisposable
{
    private readonly FrontEnd _frontEnd = new();

    [Fact]
    public async Task Members_are_completed_from_the_part_that_is_written()
    {
        var reply = await CompleteAsync("Math.Sq|");
        Assert.Equal(["Sqrt"], Matches(reply));
        Assert.Equal((5, 7), ((int)reply["cursor_start"]!, (int)reply["cursor_end"]!));
    }

    [Fact]
    public async Task Variables_and_types_of_earlier_cells_are_completed()
    {
        await _frontEnd.AskAsync("execute_request", FrontEnd.Execute("var fortyTwo = 42; record Forty(int Two);"));
        Assert.Equal(["Forty", "fortyTwo"], Matches(await CompleteAsync("fort|")).Order(StringComparer.Ordinal));
        Assert.Contains("Two", Matches(await CompleteAsync("new Forty(1).|")));
    }

    [Fact]
    public async Task Types_of_policy_cells_are_completed()
    {
        await _frontEnd.AskAsync("execute_request", FrontEnd.Execute("#!workload\npublic class BriefestFirst : Workload { protected override void Define(WorkloadDefinition w) { } }"));
        Assert.Equal(["BriefestFirst"], Matches(await CompleteAsync("new Briefest|")));
    }

    [Fact]
    public async Task Inside_a_policy_cell_code_is_completed_too() =>
        Assert.Contains("WriteLine", Matches(await CompleteAsync("#!policy\nclass P { void M() { Console.Write| } }")));

    [Fact]
    public async Task What_can_be_overridden_is_completed_to_a_whole_method()
    {
        var reply = await CompleteAsync("#!policy\nclass P : SchedulingPolicy\n{\n    protected override OnRe|\n}");
        Assert.Equal(
            ["void OnReady(UserThread thread, ReadyReason reason)\n    {\n        throw new NotImplementedException();\n    }"],
            Matches(reply));
        Assert.Equal((61, 65), ((int)reply["cursor_start"]!, (int)reply["cursor_end"]!));
        Assert.Contains("UserThread? FindNextToRun(VirtualProcessor vp)", Matches(await CompleteAsync("class P : SchedulingPolicy\n{\n    protected override |\n}")).Select(text => text.Split('\n')[0]));
    }

    [Fact]
    public async Task Positions_count_characters_and_not_utf16_units()
    {
        var reply = await CompleteAsync("var s = \"\ud83d\ude00\"; Math.Sq|");
        Assert.Equal(["Sqrt"], Matches(reply));
        Assert.Equal((18, 20), ((int)reply["cursor_start"]!, (int)reply["cursor_end"]!));
    }

    [Fact]
    public async Task Where_nothing_fits_there_are_no_matches() => Assert.Empty(Matches(await CompleteAsync("nothingBeginsLikeThis|")));

    [Fact]
    public async Task A_name_is_explained_with_its_declaration()
    {
        await _frontEnd.AskAsync("execute_request", FrontEnd.Execute("int Twice(int number) => 2 * number;"));
        var reply = await _frontEnd.ReplyAsync("inspect_request", new() { ["code"] = "Twice(1)", ["cursor_pos"] = 5, ["detail_level"] = 0 });
        Assert.True((bool?)reply["found"]);
        Assert.Contains("int Twice(int number)", (string?)reply["data"]!["text/plain"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Math.Max(|", "Math.Max(")]
    [InlineData("Math.Max(1, |", "Math.Max(")]
    [InlineData("Math.Max(1, |)", "Math.Max(")]
    [InlineData("Math.Max(Math.Min(1, 2), |2)", "Math.Max(")]
    [InlineData("Math.Max(Math.Min(1, |2)", "Math.Min(")]
    [InlineData("await Lab.RunAsync(new RoundRobin(), |", "Lab.RunAsync(")]
    [InlineData("new List<int>(|", "List<int>")]
    [InlineData("new System.Text.StringBuilder(|)", "StringBuilder.StringBuilder(")]
    [InlineData("Tw|ice(1)", "int Twice(int number)")]
    public async Task Among_arguments_the_call_is_explained(string code, string declaration)
    {
        await _frontEnd.AskAsync("execute_request", FrontEnd.Execute("int Twice(int number) => 2 * number;"));
        var reply = await _frontEnd.ReplyAsync("inspect_request", new() { ["code"] = code.Replace("|", "", StringComparison.Ordinal), ["cursor_pos"] = code.IndexOf('|', StringComparison.Ordinal), ["detail_level"] = 0 });
        Assert.Contains(declaration, (string?)reply["data"]!["text/plain"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_nothing_is_not_found() =>
        Assert.False((bool?)(await _frontEnd.ReplyAsync("inspect_request", new() { ["code"] = "   ", ["cursor_pos"] = 1 }))["found"]);

    [Theory]
    [InlineData("1 + 1", "complete")]
    [InlineData("#!policy\nclass P { }", "complete")]
    [InlineData("class P {", "incomplete")]
    [InlineData("#!policy\nclass P {", "incomplete")]
    [InlineData("var text = \"\"\"\n    one", "incomplete")]
    [InlineData("var text = $\"\"\"\n    one {1}\n", "incomplete")]
    [InlineData("var text = @\"one", "incomplete")]
    [InlineData("var text = \"\"\"\n    one\n    \"\"\";", "complete")]
    [InlineData("class 1 { }", "invalid")]
    public async Task Enter_knows_whether_a_cell_is_whole(string code, string status) =>
        Assert.Equal(status, (string?)(await _frontEnd.ReplyAsync("is_complete_request", new() { ["code"] = code }))["status"]);

    public void Dispose() => _frontEnd.Dispose();

    private static IEnumerable<string> Matches(JsonNode reply) => reply["matches"]!.AsArray().Select(match => (string)match!);

    private Task<JsonNode> CompleteAsync(string code)
    {
        var at = code.IndexOf('|', StringComparison.Ordinal);
        return _frontEnd.ReplyAsync("complete_request", new() { ["code"] = code.Remove(at, 1), ["cursor_pos"] = code[..at].EnumerateRunes().Count() });
    }
}

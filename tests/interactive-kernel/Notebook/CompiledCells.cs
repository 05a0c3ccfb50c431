using SchedulerActivations.Notebook;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>A cell becomes an assembly, or errors in the cell's own lines.</summary>
public sealed class CompiledCells
{
    private const string FirstCome = """
        #!policy
        public sealed class FirstCome : SchedulingPolicy
        {
            private readonly ThreadQueue _ready = new();
            protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);
            protected override UserThread? FindNextToRun(VirtualProcessor vp) => _ready.Dequeue();
        }
        """;

    private readonly CellCompiler _compiler = new();

    [Fact]
    public void A_policy_needs_no_usings_and_no_references()
    {
        var cell = _compiler.Compile(CellKind.Policy, FirstCome, "Cell [1]");
        Assert.Empty(cell.Diagnostics);
        Assert.Equal(["FirstCome"], cell.TypeNames);
        Assert.IsAssignableFrom<SchedulingPolicy>(Make(cell, "FirstCome"));
    }

    [Fact]
    public void An_error_names_line_column_and_source_line_of_the_cell()
    {
        var cell = _compiler.Compile(CellKind.Policy, FirstCome.Replace("_ready.Dequeue()", "_raedy.Dequeue()", StringComparison.Ordinal), "Cell [2]");
        var error = Assert.Single(cell.Diagnostics);
        Assert.Null(cell.Image);
        Assert.Equal((true, "CS0103", 6), (error.IsError, error.Code, error.Line));
        Assert.Equal("_raedy", error.SourceLine[(error.Column - 1)..(error.EndColumn - 1)]);
        Assert.Contains("_raedy", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!policy\n\n")]
    [InlineData("\n")]
    [InlineData("//#!policy\n\n")]
    [InlineData("")]
    public void Lines_count_as_the_user_sees_them(string before)
    {
        var cell = _compiler.Compile(CellKind.Policy, before + "public class P : Nothing { }", "Cell [3]");
        Assert.All(cell.Diagnostics, error => Assert.Equal(before.Count(c => c == '\n') + 1, error.Line));
        Assert.Contains(cell.Diagnostics, error => error.Code == "CS0246" && error.SourceLine == "public class P : Nothing { }");
    }

    [Fact]
    public void A_member_that_is_missing_is_named()
    {
        var cell = _compiler.Compile(CellKind.Policy, "#!policy\npublic class Half : SchedulingPolicy { protected override void OnReady(UserThread thread, ReadyReason reason) { } }", "Cell [4]");
        Assert.Contains(cell.Diagnostics, error => error.Line == 2 && error.Message.Contains("FindNextToRun", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("public class NotOne { }", "CELL001", 2, "derives from SchedulingPolicy")]
    [InlineData("", "CELL001", 1, "defines no class")]
    [InlineData("class Hidden : FirstCome { }", "CELL002", 2, "Write 'public'")]
    [InlineData("public abstract class Half : FirstCome { }", "CELL002", 2, "abstract")]
    [InlineData("public class Needy(int limit) : FirstCome { public int Limit => limit; }", "CELL002", 2, "public properties with a default")]
    [InlineData("int x = 3;", "CS8805", 2, "C# cell of their own")]
    public void A_cell_that_defines_no_usable_policy_says_what_to_do(string code, string expected, int line, string advice)
    {
        _compiler.Compile(CellKind.Policy, FirstCome.Replace("sealed ", "", StringComparison.Ordinal), "Cell [5]");
        var error = Assert.Single(_compiler.Compile(CellKind.Policy, "#!policy\n" + code, "Cell [6]").Diagnostics, diagnostic => diagnostic.IsError);
        Assert.Equal((expected, line), (error.Code, error.Line));
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workload_cell_must_define_a_workload()
    {
        Assert.Contains("derives from Workload", Assert.Single(_compiler.Compile(CellKind.Workload, FirstCome, "Cell [7]").Diagnostics).Message, StringComparison.Ordinal);
        var cell = _compiler.Compile(CellKind.Workload, """
            #!workload
            public sealed class Mixed : Workload
            {
                public int Computing { get; set; } = 2;
                protected override void Define(WorkloadDefinition w)
                {
                    var requests = w.Port("requests", Traffic.Poisson(perSecond: 200));
                    w.Threads("compute", Computing, async t => { while (true) await t.Compute(TimeSpan.FromMilliseconds(1)); });
                    w.Thread("io", async t => { while (await t.Read(requests) is not null) await t.Compute(TimeSpan.FromMicroseconds(50)); });
                }
            }
            """, "Cell [8]");
        Assert.Empty(cell.Diagnostics);
    }

    [Fact]
    public void A_public_field_is_warned_of_because_it_does_not_reach_the_run()
    {
        var cell = _compiler.Compile(CellKind.Policy, FirstCome.Replace("    private readonly", "    public int Limit = 3;\n    public readonly int Fixed = 1;\n    private int _seen = 0;\n    public int Seen => _seen;\n    public int Setting { get; set; }\n    private readonly", StringComparison.Ordinal), "Cell [11]");
        var warning = Assert.Single(cell.Diagnostics);
        Assert.NotNull(cell.Image);
        Assert.Equal((false, "CELL003", 4), (warning.IsError, warning.Code, warning.Line));
        Assert.Equal("Limit is a field; make it a property (Limit { get; set; }), else what is set does not reach the run.", warning.Message);
        Assert.Equal("Limit", warning.SourceLine[(warning.Column - 1)..(warning.EndColumn - 1)]);
    }

    [Fact]
    public void The_stack_trace_of_an_exception_names_the_cell_and_its_line()
    {
        var cell = _compiler.Compile(CellKind.Policy, FirstCome.Replace("=> _ready.Dequeue();", "\n        => throw new InvalidOperationException(\"lost\");\n    public object? Try() => FindNextToRun(null!);", StringComparison.Ordinal), "Cell [9]");
        var thrown = Assert.ThrowsAny<Exception>(() => (object?)((dynamic)Make(cell, "FirstCome")).Try());
        Assert.Contains("in Cell [9]:line 7", thrown.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_cell_uses_the_types_of_an_earlier_one_and_holds_all_it_needs()
    {
        _compiler.Compile(CellKind.Policy, FirstCome.Replace("sealed ", "", StringComparison.Ordinal), "Cell [1]");
        var cell = _compiler.Compile(CellKind.Policy, "#!policy\npublic sealed class Second : FirstCome { }", "Cell [2]");
        Assert.Empty(cell.Diagnostics);
        Assert.Same(cell.Assembly, Make(cell, "Second").GetType().BaseType!.Assembly);
    }

    [Fact]
    public void A_type_that_is_defined_again_replaces_the_old_one_whatever_the_cell_is_called()
    {
        var old = _compiler.Compile(CellKind.Policy, FirstCome, "Cell [1]");
        var before = Make(old, "FirstCome");
        var again = _compiler.Compile(CellKind.Policy, FirstCome.Replace("sealed class FirstCome : SchedulingPolicy\n{", "class FirstCome : SchedulingPolicy\n{ public static int Version => 2;", StringComparison.Ordinal), "Cell [5]");
        var user = _compiler.Compile(CellKind.Policy, "#!policy\npublic sealed class User : FirstCome { public int Seen => Version; }", "Cell [6]");
        Assert.Empty(again.Diagnostics);
        Assert.Empty(user.Diagnostics);
        Assert.Equal(2, ((dynamic)Make(user, "User")).Seen);
        Assert.Same(old.Assembly, before.GetType().Assembly);
    }

    private static object Make(CompiledCell cell, string type) => Activator.CreateInstance(cell.Assembly!.GetType(type, throwOnError: true)!)!;
}

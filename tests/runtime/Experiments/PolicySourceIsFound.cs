using System.Reflection;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Tests.Experiments;

public sealed class PolicySourceIsFound
{
    internal const string Mine = """
        public sealed class Mine : SchedulingPolicy
        {
            private readonly ThreadQueue _ready = new();

            protected override void OnReady(UserThread thread, ReadyReason reason) => _ready.Enqueue(thread);

            protected override UserThread? FindNextToRun(VirtualProcessor vp)
            {
                var first = _ready.Dequeue();
                return first;
            }

            public static void Throw(string text)
            {
                Pick(() =>
                {
                    ArgumentException.ThrowIfNullOrWhiteSpace(text);
                });
            }

            private static void Pick(Action action) => action();
        }
        """;

    [Fact]
    public void The_first_line_of_a_cells_member_is_found()
    {
        var type = Cell.Instance("Mine", Mine, "cell 7").GetType();
        Assert.Equal(("cell 7", 5), PolicySource.Locate(type, "OnReady", null));
        // Its first statement, not its brace.
        Assert.Equal(("cell 7", 9), PolicySource.Locate(type, "FindNextToRun", null));
    }

    [Fact]
    public void The_innermost_frame_in_a_cell_is_found()
    {
        var type = Cell.Instance("Mine", Mine, "cell 7").GetType();
        var error = Record.Exception(() => type.GetMethod("Throw")!.Invoke(null, [""]));
        Assert.Equal(("cell 7", 17), PolicySource.Locate(type, "FindNextToRun", error));
        Assert.Equal(("cell 7", 17), PolicySource.Locate(type, "FindNextToRun", error!.InnerException));
    }

    [Fact]
    public void A_member_that_the_policy_does_not_have_leads_to_one_that_it_has() =>
        Assert.Equal("cell 7", PolicySource.Locate(Cell.Instance("Mine", Mine, "cell 7").GetType(), "Quantum", null).Cell);

    [Fact]
    public void A_policy_in_a_file_is_found_through_the_debug_information_beside_it()
    {
        var (cell, line) = PolicySource.Locate(typeof(RoundRobin), "OnReady", null);
        Assert.EndsWith("RoundRobin.cs", cell, StringComparison.Ordinal);
        Assert.InRange(line!.Value, 10, 20);
    }

    [Fact]
    public void A_policy_in_an_assembly_nobody_registered_gives_no_line_and_no_exception()
    {
        var type = Assembly.Load(Cell.Compile(Mine)).GetType("Mine")!;
        Assert.Equal((null, null), PolicySource.Locate(type, "OnReady", null));
    }

    [Fact]
    public void A_policy_that_the_catalog_made_of_an_image_is_found()
    {
        var catalog = new ComponentCatalog();
        var made = catalog.Create<SchedulingPolicy>(catalog.Describe(Cell.Instance("Mine", Mine, "cell 8")));
        Assert.Equal(("cell 8", 5), PolicySource.Locate(made.GetType(), "OnReady", null));
    }
}

using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;
using SchedulerActivations.Notebook;

namespace SchedulerActivations.InteractiveKernel.Tests.Notebook;

/// <summary>What a result and a comparison say in words and figures.</summary>
public sealed class ResultsAsTables
{
    [Fact]
    public void A_comparison_is_one_table() => Approval.Verify("comparison.txt", new Comparison(SampleResults.Compared()).ToString());

    [Fact]
    public void An_ejected_policy_is_shown_as_an_error_with_its_cell_line_and_source()
    {
        NotebookLibrary.RegisterFormatters();
        Approval.Verify("ejected.txt", SampleResults.Ejected().ToDisplayString("text/plain"));
        var html = SampleResults.Ejected().ToDisplayString("text/html");
        Assert.Contains("role=\"alert\"", html, StringComparison.Ordinal);
        Assert.Contains("Cell [3], line 4, in FindNextToRun", html, StringComparison.Ordinal);
        Assert.Contains("4 | protected override UserThread? FindNextToRun(VirtualProcessor vp) =&gt; throw new(&quot;lost &lt;count&gt;&quot;);", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_form_of_a_result_goes_through_the_formatters()
    {
        NotebookLibrary.RegisterFormatters();
        var result = SampleResults.Compared()[0];
        Assert.Equal(["text/html", "image/png", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(ExperimentResult)));
        Assert.Contains("<table", result.ToDisplayString("text/html"), StringComparison.Ordinal);
        Assert.Equal((byte)'P', Convert.FromBase64String(result.ToDisplayString("image/png"))[1]);
        Assert.Equal(["text/html", "image/png", "text/plain"], result.ToMimeBundle().Data.Keys);
    }

    [Fact]
    public void A_comparison_of_which_no_run_came_to_a_result_has_every_form_too_and_says_why_it_has_no_chart()
    {
        NotebookLibrary.RegisterFormatters();
        FailedRun[] failures = [new(SampleResults.Compared()[0].Experiment, "The worker died.")];
        foreach (var shown in new object[] { new Comparison([], failures), new LoadSweep([], failures) })
        {
            Assert.Contains("The worker died.", shown.ToDisplayString("text/html"), StringComparison.Ordinal);
            Assert.Equal((byte)'P', Convert.FromBase64String(shown.ToDisplayString("image/png"))[1]);
        }

        Assert.Contains("No run came to a result", Assert.Throws<InvalidOperationException>(() => new Comparison([], failures).ReactivityChart()).Message, StringComparison.Ordinal);
        Assert.Contains("No run came to a result", Assert.Throws<InvalidOperationException>(() => new LoadSweep([], failures).LatencyChart()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_figures_are_bold_and_rows_of_one_situation_stand_together()
    {
        var html = new Comparison(SampleResults.Compared()).ToHtml();
        Assert.Equal(8 + 1, html.Split("<tr>").Length - 1);
        Assert.Contains("font-weight:bold\">26.0 µs", Decoded(html), StringComparison.Ordinal);
        Assert.DoesNotContain("font-weight:bold\">12.0 ms", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_settings_of_one_policy_have_different_names()
    {
        var wait = TimeSpan.FromMilliseconds(1);
        var comparison = new Comparison([
            SampleResults.Of("FairShare", new SimulatedMachine(), 1, wait, new JsonObject { ["Slice"] = "1 ms", ["Other"] = 1 }),
            SampleResults.Of("FairShare", new SimulatedMachine(), 1, wait, new JsonObject { ["Slice"] = "5 ms", ["Other"] = 1 })]);
        Assert.Contains("FairShare (Slice = 1 ms)", comparison.ToString(), StringComparison.Ordinal);
        Assert.Contains("FairShare (Slice = 5 ms)", comparison.ToString(), StringComparison.Ordinal);
        Assert.Equal("5 ms", (string?)comparison["FairShare (Slice = 5 ms)", new SimulatedMachine(), 1].Experiment.Policy.Parameters["Slice"]);
    }

    [Fact]
    public void Runs_that_differ_in_source_workload_machine_seed_or_swap_have_different_names()
    {
        var one = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(1));
        Experiment With(JsonObject settings) => one.Experiment with { Workload = one.Experiment.Workload with { Parameters = settings } };
        Experiment On(CostModel costs) => one.Experiment with { Machine = new SimulatedMachine { Costs = costs } };
        void Differ(string expected, ExperimentResult first, ExperimentResult second)
        {
            var labels = new RunLabels([first, second, first]);
            Assert.Equal(expected, $"{labels.Policy(first)} / {labels.Policy(second)}");
        }
        Differ("RoundRobin / RoundRobin", one, one);
        Differ("RoundRobin (IoThreads = 1) / RoundRobin (IoThreads = 2)", one with { Experiment = With(new JsonObject { ["IoThreads"] = 1, ["Same"] = 0 }) }, one with { Experiment = With(new JsonObject { ["IoThreads"] = 2, ["Same"] = 0 }) });
        Differ("RoundRobin (ComputeAndIo) / RoundRobin (Server)", one, one with { Experiment = one.Experiment with { Workload = one.Experiment.Workload with { TypeName = "Server" } } });
        Differ("RoundRobin (Costs = paper (Pentium 4, 2004)) / RoundRobin (Costs = free)", one, one with { Experiment = On(CostModel.Free) });
        Differ("RoundRobin (Upcall = 1000) / RoundRobin (Upcall = 5)", one, one with { Experiment = On(CostModel.Paper2004 with { Upcall = 5 }) });
        Differ("RoundRobin (version 1) / RoundRobin (version 2)", one, one with { Experiment = one.Experiment with { Policy = one.Experiment.Policy with { Source = "changed" } } });
        Differ("RoundRobin (seed 1) / RoundRobin (seed 2)", one, one with { Experiment = one.Experiment with { Seed = 2 } });
        Differ("RoundRobin (1.00 s long) / RoundRobin (3.00 s long)", one, one with { Experiment = one.Experiment with { Duration = TimeSpan.FromSeconds(3) } });
        Differ("RoundRobin (no swap) / RoundRobin (IoFirst from 500 ms)", one, one with { Swaps = [new PolicySwap(TimeSpan.FromMilliseconds(500), one.Experiment.Policy with { TypeName = "IoFirst" })] });
    }

    [Fact]
    public void A_name_that_several_results_have_is_refused_with_their_whole_names()
    {
        var one = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(1));
        var both = new Comparison([one, one with { Experiment = one.Experiment with { Seed = 2 } }, SampleResults.Of("IoFirst", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(1))]);
        var error = Assert.Throws<KeyNotFoundException>(() => both["RoundRobin", new SimulatedMachine(), 1]);
        Assert.Equal("There are 2 results of RoundRobin on simulated, 1 VP: RoundRobin (seed 1); RoundRobin (seed 2). Write the whole name of the one that is meant, or take it from Results.", error.Message);
        Assert.Equal(2ul, both["RoundRobin (seed 2)", new SimulatedMachine(), 1].Experiment.Seed);
        Assert.Equal("IoFirst", both["IoFirst", new SimulatedMachine(), 1].Experiment.Policy.Name);
    }

    [Fact]
    public void A_result_that_is_not_there_is_told_with_those_that_are()
    {
        var comparison = new Comparison(SampleResults.Compared());
        var error = Assert.Throws<KeyNotFoundException>(() => comparison["IoLast", new StockMachine(), 1]);
        Assert.Contains("IoFirst on stock, 1 VP", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_of_reactivity_stand_below_the_ports_and_in_a_sentence_of_a_comparison()
    {
        var result = SampleResults.Of("IoFirst", new PatchedMachine(), 1, TimeSpan.FromMicroseconds(20));
        var toWakeUp = new ReactivityHistogram();
        toWakeUp.Record(1234);
        result = result with { Stages = [new ReactivityStage("event to wake-up", toWakeUp)] };
        NotebookLibrary.RegisterFormatters();
        Assert.Matches("event to wake-up +1.23 µs +1.23 µs +1.23 µs +1", result.ToDisplayString("text/plain"));
        Assert.Contains("IoFirst on patched, 1 VP, where the time goes (medians): event to wake-up 1.23 µs.", new Comparison([result]).ToString(), StringComparison.Ordinal);
        Assert.Contains("event to wake-up (patched, 1 VP): p50", result.ToMimeBundle().Data["text/html"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_failed_is_named_beside_those_that_did_not()
    {
        var results = SampleResults.Compared();
        var text = new Comparison(results, [new FailedRun(results[0].Experiment, "The worker died.")]).ToString();
        Assert.StartsWith("ERROR: RoundRobin on simulated, 1 VP came to no result\nThe worker died.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_an_earlier_cell_is_not_looked_up_in_the_policys_own()
    {
        var ejected = SampleResults.Ejected();
        // The base class of the policy threw.
        var text = Lab.Compare(ejected with { Ejection = ejected.Ejection! with { Cell = "Cell [1]" } }).ToString();
        Assert.Contains("Cell [1], line 4, in FindNextToRun", text, StringComparison.Ordinal);
        Assert.DoesNotContain("4 | ", text, StringComparison.Ordinal);
        Assert.Contains("4 | ", Lab.Compare(ejected).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cell [3]")]
    [InlineData("Workload cell 3")]
    [InlineData("Unnumbered cell 3")]
    public void A_thread_that_threw_is_shown_with_the_line_of_its_cell_whatever_the_host_calls_it(string cell)
    {
        var result = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        var workload = result.Experiment.Workload with { AssemblyName = cell.Replace(" ", "", StringComparison.Ordinal).Trim('[', ']').Replace("[", "", StringComparison.Ordinal) + "_1", Source = SampleResults.Source };
        result = result with
        {
            Experiment = result.Experiment with { Workload = workload },
            Threads = [new ThreadSummary(1, "io 1", UserThreadState.Finished, TimeSpan.Zero, $"System.Exception: boom\n   at W.Define() in {cell}:line 4\n   at Core() in /src/Core.cs:line 9")],
        };
        var text = Lab.Compare(result).ToString();
        Assert.Contains($"ended by an exception (RoundRobin, simulated, 1 VP): {cell}, line 4\nSystem.Exception: boom\n    4 | protected", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_says_of_which_run_a_note_is_where_it_is_not_of_all_on_that_machine()
    {
        ExperimentResult Of(string policy, Machine machine, params string[] notes) => SampleResults.Of(policy, machine, 1, TimeSpan.FromMilliseconds(1)) with { Notes = notes };
        var text = Lab.Compare(
            Of("RoundRobin", new SimulatedMachine()), Of("Mine", new SimulatedMachine(), "Deadlock: a waits for b."),
            Of("RoundRobin", new StockMachine(), "A stock kernel."), Of("Mine", new StockMachine(), "A stock kernel.", "Deadlock: a waits for b.")).ToString();
        Assert.EndsWith("\nNote: Mine on simulated, 1 VP; Mine on stock, 1 VP: Deadlock: a waits for b.\nNote: A stock kernel.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_are_lists_stand_in_one_line()
    {
        ExperimentResult Of(int last) => SampleResults.Of("Levels", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(1), new JsonObject { ["Lengths"] = new JsonArray(1, last) });
        Assert.Contains("Levels (Lengths = [1,2])  1.30 ms", Lab.Compare(Of(2), Of(3)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_of_runs_without_events_is_the_timeline_in_every_host()
    {
        NotebookLibrary.RegisterFormatters();
        var silent = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5)) with { Ports = [] };
        Assert.Equal(silent.ToMimeBundle().Data[MimeBundle.Png], silent.ToDisplayString(MimeBundle.Png));
        var comparison = Lab.Compare(silent);
        Assert.Equal(comparison.ToMimeBundle().Data[MimeBundle.Png], comparison.ToDisplayString(MimeBundle.Png));
    }

    [Fact]
    public void What_an_exception_says_ends_before_what_became_of_the_run_begins()
    {
        var ejected = SampleResults.Ejected();
        Assert.Contains("boom. The run went on under round robin", Lab.Compare(ejected with { Ejection = ejected.Ejection! with { Message = "FindNextToRun threw Exception: boom" } }).ToString(), StringComparison.Ordinal);
        Assert.Contains("boom! The run went on under round robin", Lab.Compare(ejected with { Ejection = ejected.Ejection! with { Message = "FindNextToRun threw Exception: boom!" } }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Little_throughput_is_not_shown_as_none()
    {
        var result = SampleResults.Of("RoundRobin", new SimulatedMachine(), 1, TimeSpan.FromMilliseconds(5));
        Assert.Equal("< 0.1 %", RunText.Throughput(result with { Throughput = 0.0004 }));
        Assert.Equal("0.1 %", RunText.Throughput(result with { Throughput = 0.0006 }));
        Assert.Equal("0.0 %", RunText.Throughput(result with { Throughput = 0 }));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(850, "850 ns")]
    [InlineData(12_340, "12.3 µs")]
    [InlineData(999_960, "1.00 ms")]
    [InlineData(123_400_000, "123 ms")]
    [InlineData(2_500_000_000, "2.50 s")]
    public void Durations_have_three_digits_and_the_unit_that_fits(double nanoseconds, string expected) =>
        Assert.Equal(expected, DurationText.Of(nanoseconds));

    private static string Decoded(string html) => System.Net.WebUtility.HtmlDecode(html);
}

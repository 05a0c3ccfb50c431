using System.Diagnostics;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Notebook;

/// <summary>Experiments run one after the other, with a display of how far they have come that changes in place.</summary>
internal sealed class RunSeries(IReadOnlyList<Experiment> experiments, CancellationToken cancellation)
{
    public async Task<Comparison> RunAsync(bool stopAtFailure)
    {
        var host = NotebookHost.Current;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, host?.Interruption ?? CancellationToken.None);
        var display = new ProgressDisplay(host, experiments.Count);
        var results = new List<ExperimentResult>();
        var failures = new List<FailedRun>();
        try
        {
            foreach (var experiment in experiments)
            {
                ends.Token.ThrowIfCancellationRequested();
                display.Start(results.Count + failures.Count, experiment);
                try
                {
                    // Not the cell's to go on with: an interrupted cell goes on with nothing, and this has to clear up.
                    results.Add(await ExperimentRunner.RunAsync(experiment, display, ends.Token).ConfigureAwait(false));
                }
#pragma warning disable CA1031 // Whatever went wrong with one run is told in the comparison; the others have nothing to do with it.
                catch (Exception exception) when (exception is not OperationCanceledException && !stopAtFailure)
                {
                    failures.Add(new FailedRun(experiment, exception.Message));
                }
#pragma warning restore CA1031
            }
        }
        catch
        {
            display.Close("stopped");
            throw;
        }
        display.Close("done");
        return new Comparison(results, failures);
    }

    /// <summary>One line and a bar; a few changes a second at most.</summary>
    private sealed class ProgressDisplay(INotebookHost? host, int total) : IProgress<RunProgress>
    {
        private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(250);
        private readonly Stopwatch _elapsed = Stopwatch.StartNew();
        private readonly object _gate = new();
        private Action<MimeBundle>? _update;
        private TimeSpan _shown;
        private int _finished;
        private string _current = "";

        public void Start(int finished, Experiment experiment)
        {
            lock (_gate)
            {
                _finished = finished;
                _current = RunLabels.Run(experiment);
                Show(0);
            }
        }

        public void Report(RunProgress value)
        {
            if (value.Output is { Length: > 0 } output) Console.Write(output);
            lock (_gate)
            {
                if (value.Waiting is null && _elapsed.Elapsed - _shown < s_pace) return;
                Show(value.Total > TimeSpan.Zero ? Math.Clamp(value.Elapsed / value.Total, 0, 1) : 0, value.Waiting);
            }
        }

        public void Close(string word)
        {
            lock (_gate)
            {
                _current = $"{word} after {DurationText.Of(_elapsed.Elapsed)}";
                if (word == "done") _finished = total;
                Show(0);
            }
        }

        private void Show(double share, string? waiting = null)
        {
            if (host is null) return;
            _shown = _elapsed.Elapsed;
            var content = ProgressHtml.Of(_finished, total, share, "runs", waiting is null ? _current : $"{_current}: {waiting}");
            if (_update is null) _update = host.Display(content);
            else _update(content);
        }
    }
}

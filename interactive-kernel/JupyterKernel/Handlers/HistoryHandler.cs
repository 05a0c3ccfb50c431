using System.IO.Enumeration;
using System.Text.Json.Nodes;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Lists cells of this session. https://jupyter-client.readthedocs.io/en/stable/messaging.html#history</summary>
internal static class HistoryHandler
{
    public static Task HandleAsync(Request request, KernelState kernel)
    {
        var asked = request.Read(WireJson.Default.HistoryRequest);
        var entries = Select(asked, kernel.History.Entries);
        kernel.Reply(request, new HistoryReply([.. entries.Select(entry => (JsonNode)new JsonArray(
            HistoryLog.Session, entry.Number, asked.Output ? new JsonArray(entry.Input, entry.Output) : entry.Input))]));
        return Task.CompletedTask;
    }

    private static IEnumerable<HistoryLog.Entry> Select(HistoryRequest asked, IReadOnlyList<HistoryLog.Entry> all) => asked.HistAccessType switch
    {
        "range" when asked.Session is null or 0 or HistoryLog.Session =>
            all.Where(entry => entry.Number >= (asked.Start ?? 0) && entry.Number < (asked.Stop ?? int.MaxValue)),
        "tail" => all.TakeLast(asked.N ?? int.MaxValue),
        "search" => Search(asked, all).TakeLast(asked.N ?? int.MaxValue),
        _ => [],
    };

    // The pattern is a glob over the whole input, as IPython's is. Of equal inputs the latest stays.
    private static IEnumerable<HistoryLog.Entry> Search(HistoryRequest asked, IReadOnlyList<HistoryLog.Entry> all)
    {
        var found = all.Where(entry => FileSystemName.MatchesSimpleExpression(asked.Pattern ?? "*", entry.Input, ignoreCase: false));
        return asked.Unique ? found.Reverse().DistinctBy(static entry => entry.Input).Reverse() : found;
    }
}

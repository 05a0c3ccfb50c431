using System.Globalization;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Exploration;

/// <summary>A short trace in words.</summary>
internal static class TraceText
{
    private const int Most = 60;

    /// <summary>A line for each event; of a long trace the last ones, as that is where the rule is broken.</summary>
    public static IEnumerable<string> Lines(ExperimentResult result)
    {
        var names = result.Threads.ToDictionary(thread => thread.Id, thread => thread.Name);
        // What round robin did after an ejection is of no interest here.
        var events = result.Trace.Events.ToList();
        var end = events.FindIndex(entry => entry.Kind == TraceEventKind.PolicyEjected);
        if (end >= 0) events.RemoveRange(end + 1, events.Count - end - 1);
        events.RemoveAll(entry => entry.Kind is TraceEventKind.EventDue or TraceEventKind.Carried);
        if (events.Count > Most) yield return string.Create(CultureInfo.InvariantCulture, $"({events.Count - Most} events before)");
        foreach (var entry in events.Skip(events.Count - Most))
        {
            var name = names.GetValueOrDefault(entry.Thread) ?? entry.Thread.ToString(CultureInfo.InvariantCulture);
            var what = entry.Kind switch
            {
                TraceEventKind.Created => $"{name} is created",
                TraceEventKind.Ready => $"{name} is ready ({(ReadyReason)entry.Detail})",
                TraceEventKind.Running => $"{name} runs",
                TraceEventKind.Blocked => $"{name} blocks ({(BlockReason)entry.Detail})",
                TraceEventKind.Finished => $"{name} ends",
                TraceEventKind.Idle => "idles",
                TraceEventKind.Upcall => $"upcall {(UpcallKind)entry.Detail}",
                TraceEventKind.EventHandled => $"{name} handles its event",
                TraceEventKind.PolicyEjected => "the policy is ejected",
                TraceEventKind.PolicySwapped => "another policy takes over",
                _ => entry.Kind.ToString(),
            };
            yield return string.Create(CultureInfo.InvariantCulture, $"{entry.Time / 1e6,12:0.000000} ms  VP {entry.VirtualProcessor}  {what}");
        }
    }
}

namespace SchedulerActivations.Notebook;

/// <summary>A value that knows its own forms: comparisons and charts. (An experiment's result is turned into one by <see cref="NotebookLibrary.ToMimeBundle(SchedulerActivations.Experiments.ExperimentResult)"/>.)</summary>
public interface IMimeBundleSource
{
    /// <summary>All forms of the value: <c>text/html</c>, <c>image/png</c> (base64) and <c>text/plain</c>.</summary>
    MimeBundle ToMimeBundle();
}

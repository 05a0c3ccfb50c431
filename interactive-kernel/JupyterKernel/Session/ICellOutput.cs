using SchedulerActivations.Notebook;

namespace SchedulerActivations.JupyterKernel.Session;

/// <summary>Where a cell's outputs go while it runs: a front end's messages, or a notebook file.</summary>
/// <remarks>Called from any thread the cell started, also after the cell has ended. Implementations do not block.</remarks>
internal interface ICellOutput
{
    void WriteStandardOutput(string text);

    void WriteStandardError(string text);

    /// <summary>Shows something; a display that may be updated later carries an identifier.</summary>
    void Display(MimeBundle data, string? displayId);

    /// <summary>Replaces what was shown under <paramref name="displayId"/>, wherever it stands.</summary>
    void UpdateDisplay(MimeBundle data, string displayId);

    /// <summary>Clears the cell's outputs, now or when the next output arrives.</summary>
    void Clear(bool wait);
}

using System.Text.Json.Serialization;

namespace SchedulerActivations.JupyterKernel.Messages;

// https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info

/// <summary>Which kernel this is and which language it runs.</summary>
internal sealed record KernelInfoReply(
    string ProtocolVersion,
    string Implementation,
    string ImplementationVersion,
    LanguageInfo LanguageInfo,
    string Banner,
    IReadOnlyList<HelpLink> HelpLinks,
    bool Debugger = false,
    string Status = "ok");

/// <summary>How front ends highlight and save the language.</summary>
internal sealed record LanguageInfo(
    string Name,
    string Version,
    string Mimetype,
    string FileExtension,
    string PygmentsLexer,
    [property: JsonPropertyName("codemirror_mode")] string CodeMirrorMode,
    string NbconvertExporter);

/// <summary>An entry of the front end's help menu.</summary>
internal sealed record HelpLink(string Text, string Url);

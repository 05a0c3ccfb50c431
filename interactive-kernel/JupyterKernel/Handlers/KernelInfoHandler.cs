using System.Reflection;
using SchedulerActivations.JupyterKernel.Messages;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.JupyterKernel.Handlers;

/// <summary>Says which kernel this is. https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info</summary>
internal static class KernelInfoHandler
{
    private static readonly KernelInfoReply s_reply = new(
        Header.ProtocolVersion,
        Implementation: "scheduler-policies",
        ImplementationVersion: typeof(KernelInfoHandler).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
        new LanguageInfo("C#", "14.0", "text/x-csharp", ".cs", PygmentsLexer: "csharp", CodeMirrorMode: "text/x-csharp", NbconvertExporter: "script"),
        Banner: "C# for scheduling policies. Begin a cell with #!policy or #!workload to define one; any other cell is C#.",
        HelpLinks: [new HelpLink("C#", "https://learn.microsoft.com/dotnet/csharp/")]);

    public static Task HandleAsync(Request request, KernelState kernel)
    {
        kernel.Reply(request, s_reply);
        return Task.CompletedTask;
    }
}

using System.CommandLine;

namespace SchedulerActivations.CommandLine.Jupyter;

/// <summary><c>lab jupyter install|uninstall|kernel</c></summary>
internal static class JupyterCommand
{
    private static readonly Option<bool> s_user = new("--user") { Description = "In the user's own Jupyter folder (the default)." };
    private static readonly Option<string?> s_prefix = new("--prefix") { Description = "In DIR/share/jupyter/kernels, for example --prefix /usr/local.", HelpName = "DIR" };
    private static readonly Option<bool> s_sysPrefix = new("--sys-prefix") { Description = "In the active Python environment (VIRTUAL_ENV or CONDA_PREFIX)." };

    public static Command Create() => new("jupyter", "Makes this program a kernel of Jupyter.")
    {
        Install(),
        Uninstall(),
        Kernel(),
    };

    private static Command Install()
    {
        var command = new Command("install", $"Registers the kernel \"{KernelSpec.DisplayName}\" with Jupyter.") { s_user, s_prefix, s_sysPrefix };
        command.SetAction((parsed, _) => LabCommand.ReportAsync(() =>
        {
            var folder = KernelSpec.Install(FolderOf(parsed));
            Console.Out.WriteLine($"Jupyter now has the kernel \"{KernelSpec.DisplayName}\" ({folder}).");
            return Task.FromResult(ExitCode.Done);
        }));
        return command;
    }

    private static Command Uninstall()
    {
        var command = new Command("uninstall", "Takes the kernel away from Jupyter.") { s_user, s_prefix, s_sysPrefix };
        command.SetAction((parsed, _) => LabCommand.ReportAsync(() =>
        {
            var folder = KernelSpec.Uninstall(FolderOf(parsed));
            Console.Out.WriteLine($"The kernel \"{KernelSpec.DisplayName}\" is no longer there ({folder}).");
            return Task.FromResult(ExitCode.Done);
        }));
        return command;
    }

    private static Command Kernel()
    {
        var connectionFile = new Option<string>("--connection-file", "-f") { Description = "The file with the ports to listen on; Jupyter makes it.", HelpName = "FILE", Required = true };
        var command = new Command("kernel", "Serves Jupyter until it says shutdown. Jupyter starts this; people do not.") { connectionFile };
        command.SetAction((parsed, _) => LabCommand.ReportAsync(() => KernelCommand.RunAsync(parsed.GetRequiredValue(connectionFile))));
        return command;
    }

    private static string FolderOf(ParseResult parsed) => (parsed.GetValue(s_prefix), parsed.GetValue(s_sysPrefix), parsed.GetValue(s_user)) switch
    {
        ({ } prefix, false, false) => JupyterFolders.OfPrefix(prefix),
        (null, true, false) => JupyterFolders.OfActivePythonEnvironment(),
        (null, false, _) => JupyterFolders.OfUser(),
        _ => throw new LabException("say one of --user, --prefix and --sys-prefix, not several."),
    };
}

namespace SchedulerActivations.CommandLine.Jupyter;

/// <summary>Where Jupyter looks for kernels. https://docs.jupyter.org/en/latest/use/jupyter-directories.html</summary>
internal static class JupyterFolders
{
    public static string OfUser()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } data)
            return Path.Combine(data, "kernels");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (OperatingSystem.IsMacOS())
            return Path.Combine(home, "Library", "Jupyter", "kernels");
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter", "kernels");
        var local = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(home, ".local", "share");
        return Path.Combine(local, "jupyter", "kernels");
    }

    public static string OfPrefix(string prefix) => prefix.Length > 0
        ? Path.Combine(Path.GetFullPath(prefix), "share", "jupyter", "kernels")
        : throw new LabException("--prefix '' names no folder.");

    public static string OfActivePythonEnvironment() =>
        (Environment.GetEnvironmentVariable("VIRTUAL_ENV") ?? Environment.GetEnvironmentVariable("CONDA_PREFIX")) is { Length: > 0 } prefix
            ? OfPrefix(prefix)
            : throw new LabException("--sys-prefix needs an active Python environment, and neither VIRTUAL_ENV nor CONDA_PREFIX is set. Activate one, or say --user or --prefix DIR.");
}

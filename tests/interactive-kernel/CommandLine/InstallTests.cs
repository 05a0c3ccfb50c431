using System.Text.Json.Nodes;

namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

public sealed class InstallTests : IDisposable
{
    private readonly Lab _lab = new();

    [Fact]
    public async Task Install_registers_the_kernel_and_uninstall_takes_it_away()
    {
        var installed = await _lab.RunAsync("jupyter", "install", "--prefix", "here");
        Assert.Equal((0, ""), (installed.ExitCode, installed.Error));
        var spec = JsonNode.Parse(_lab.Read("here/share/jupyter/kernels/scheduler-policies/kernel.json"))!;
        Assert.Equal("C# (scheduler policies)", (string?)spec["display_name"]);
        Assert.Equal("message", (string?)spec["interrupt_mode"]);
        Assert.Equal(Lab.Program, (string?)spec["argv"]![0]);

        Assert.Equal(0, (await _lab.RunAsync("jupyter", "uninstall", "--prefix", "here")).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_lab.Folder, "here/share/jupyter/kernels")));
        var again = await _lab.RunAsync("jupyter", "uninstall", "--prefix", "here");
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("is not registered in", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sys_prefix_is_the_active_Python_environment_and_an_error_without_one()
    {
        var python = Path.Combine(_lab.Folder, "venv");
        Assert.Equal(0, (await Lab.EndAsync(_lab.Start(Lab.Program, ["jupyter", "install", "--sys-prefix"], ("VIRTUAL_ENV", python)))).ExitCode);
        Assert.True(File.Exists(Path.Combine(python, "share/jupyter/kernels/scheduler-policies/kernel.json")));
        var without = await Lab.EndAsync(_lab.Start(Lab.Program, ["jupyter", "install", "--sys-prefix"], ("VIRTUAL_ENV", ""), ("CONDA_PREFIX", "")));
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("neither VIRTUAL_ENV nor CONDA_PREFIX is set", without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_that_is_not_there_yet_is_made_and_not_the_current_folder_taken_for_it()
    {
        var home = Path.Combine(_lab.Folder, "home");
        Assert.Equal(0, (await Lab.EndAsync(_lab.Start(Lab.Program, ["jupyter", "install"], ("HOME", home), ("XDG_DATA_HOME", ""), ("JUPYTER_DATA_DIR", "")))).ExitCode);
        Assert.Equal([home], Directory.GetFileSystemEntries(_lab.Folder));
        Assert.True(File.Exists(Path.Combine(home, ".local/share/jupyter/kernels/scheduler-policies/kernel.json")));
    }

    [Fact]
    public async Task A_kernel_without_its_connection_file_says_so()
    {
        var ended = await _lab.RunAsync("jupyter", "kernel", "--connection-file", "missing.json");
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("The connection file 'missing.json' cannot be read", ended.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _lab.Dispose();
}

namespace SchedulerActivations.InteractiveKernel.Tests.CommandLine;

/// <summary><c>kernel-patch/build</c>: what it keeps from one call for the next.</summary>
public sealed class KernelBuildTests : IDisposable
{
    private static readonly string s_build = Path.Combine(Root(AppContext.BaseDirectory), "kernel-patch", "build");

    private readonly Lab _lab = new();

    [Fact]
    public async Task A_source_tree_that_was_unpacked_half_is_not_kept()
    {
        // Every package is there; the disk is full when half is unpacked.
        await WriteToolAsync("dpkg-query", "case $* in *Status*) echo installed ;; *) echo 1 ;; esac");
        await WriteToolAsync("gcc", "echo 12");
        await WriteToolAsync("tar", "mkdir -p \"$4/kernel\"", "echo 'tar: No space left on device' >&2", "exit 2");
        for (var call = 0; call < 2; call++)
        {
            var ended = await BuildAsync(("PATH", $"{_lab.Folder}:{Environment.GetEnvironmentVariable("PATH")}"));
            Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
            Assert.Equal("kernel: unpacking linux-source-6.12 1 (about 20 seconds)\ntar: No space left on device\n", ended.Error);
        }
    }

    [SkippableFact]
    public async Task A_kernel_that_another_checkout_has_built_is_booted_by_this_one_s_launcher()
    {
        var built = await Lab.EndAsync(_lab.Start(s_build, ["path", "vm"]));
        Skip.IfNot(built.ExitCode == 0, "The patched kernel is not built: make kernel");
        var cache = Directory.CreateDirectory(Path.Combine(_lab.Folder, "scheduler-activations")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(cache, "kernels"), Path.GetDirectoryName(Path.GetDirectoryName(built.Output.Trim()))!);
        File.WriteAllText(Path.Combine(cache, "launcher"), "/nowhere/kernel-patch/vm/run\n");
        Assert.Equal("kernel: vm: already built\n", (await BuildAsync()).Error);
        Assert.Equal(Path.Combine(Path.GetDirectoryName(s_build)!, "vm", "run") + "\n", File.ReadAllText(Path.Combine(cache, "launcher")));
    }

    public void Dispose() => _lab.Dispose();

    private Task<Lab.Ended> BuildAsync(params (string, string)[] environment) =>
        Lab.EndAsync(_lab.Start(s_build, ["vm"], [("XDG_CACHE_HOME", _lab.Folder), .. environment]));

    private async Task WriteToolAsync(string name, params string[] lines)
    {
        var path = _lab.Write(name, string.Join('\n', ["#!/bin/sh", .. lines, ""]));
        Assert.Equal(0, (await Lab.EndAsync(_lab.Start("chmod", ["+x", path]))).ExitCode);
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Notebooks.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);
}

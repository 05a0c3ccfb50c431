"""Jupyter's own test suite for kernels, told what C# looks like.

Run by RealJupyterTests.cs with JUPYTER_PATH pointing at a freshly installed kernelspec.
"""

import unittest

import jupyter_kernel_test


class SchedulerPoliciesKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "scheduler-policies"
    language_name = "C#"
    file_extension = ".cs"

    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("oops");'
    code_generate_error = "int.Parse(\"x\")"
    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": 'string.Join(",", Enumerable.Range(1, 3))', "result": "1,2,3"},
        {"code": "new[] { 1, 2 }", "mime": "text/html"},
    ]
    code_display_data = [{"code": "display(new List<int> { 1, 2 });", "mime": "text/html"}]
    code_clear_output = "clear_output();"
    code_inspect_sample = "Console.WriteLine"
    completion_samples = [
        {"text": "Console.WriteL", "matches": {"WriteLine"}},
        {"text": "Enumerable.Ran", "matches": {"Range"}},
    ]
    complete_code_samples = ["1 + 1", "var x = 1;", "void F()\n{\n}"]
    incomplete_code_samples = ["void F()\n{", "var x = new[] {", "if (true)"]
    invalid_code_samples = ["var = = 1;", "class 1 { }"]
    code_history_pattern = "1 + 2*"
    supported_history_operations = ("tail", "range", "search")


if __name__ == "__main__":
    unittest.main()

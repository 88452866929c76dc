"""The addresses as the demonstration has them."""

from django.urls import include, path

from config.urls import urlpatterns as product

urlpatterns = [*product, path("demo/", include("config.demo.urls"))]
